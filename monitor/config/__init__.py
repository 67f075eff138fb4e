"""sources.yaml and the environment -> a `Config` of values, or every mistake in them.

Position: above the pipeline and the adapters, which are handed values and cannot see this room. The
only reader of configuration files.

How, file by file: `tree` has it grow from YAML with the place of each piece (`document`), `references`
resolves `${NAME}` in it, `forms` says which settings there are, `kinds` which values they take, and `values`,
`times`, `addresses` and `servers` how one is read; `parsing` fills the forms in and `explain` words what does
not fit. Then `crosscheck` looks at all files together, `naming` gives names to sources without one, and
`reader` builds the `Config`.
"""

from monitor.config.reader import blame_channel, blame_source, file_stamps, has_changed, read_config
from monitor.config.rendering import render_mistakes
from monitor.config.schema import json_schema
from monitor.config.settings import Config
from monitor.config.times import parse_duration

__all__ = [
    "Config",
    "blame_channel",
    "blame_source",
    "file_stamps",
    "has_changed",
    "json_schema",
    "parse_duration",
    "read_config",
    "render_mistakes",
]
