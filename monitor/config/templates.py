"""The folders of templates that email channels name -> the templates in them, or what is wrong.

Position: beside `crosscheck`; `reader` calls it once all files are parsed. Whether a template is one, is
the business of `deliver.custom`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.config.crosscheck import channels_of
from monitor.config.document import Document
from monitor.config.forms import EmailForm
from monitor.config.parsing import ParsedFile
from monitor.config.references import read_regular_file, stamp_file
from monitor.config.suggestions import quoted
from monitor.errors import FileStamp, Mistake
from monitor.model import Templates

SUBJECT, TEXT, HTML, DIGEST_SUBJECT, DIGEST_TEXT, DIGEST_HTML = NAMES = (
    *("subject.txt", "alert.txt", "alert.html"),
    *("digest-subject.txt", "digest.txt", "digest.html"),
)

MAX_BYTES = 200_000
"""Mail clients show no more than half of it."""


@dataclass(slots=True)
class Folders:
    """What was read: the templates by channel, what is wrong, and what the files looked like."""

    templates: dict[str, Templates] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    stamps: list[FileStamp] = field(default_factory=list)


def read_templates(files: Sequence[ParsedFile], folder: Path) -> Folders:
    """Read the templates of all email channels; a relative path starts at `folder`."""
    found = Folders()
    for entry in channels_of(files):
        if isinstance(entry.form, EmailForm) and entry.form.templates is not None:
            paths = [folder.absolute() / entry.form.templates / name for name in NAMES]
            found.stamps += [stamp_file(path) for path in paths]
            try:
                texts = _read_all(paths)
            except (OSError, ValueError) as exc:
                document = Document(entry.file.name, entry.file.text)
                span = document.span_of((*entry.path, "templates"))
                found.mistakes.append(document.mistake(span, str(exc)))
            else:
                found.templates[str(entry.path[-1])] = Templates(
                    subject=texts.get(SUBJECT),
                    text=texts.get(TEXT),
                    html=texts.get(HTML),
                    digest_subject=texts.get(DIGEST_SUBJECT),
                    digest_text=texts.get(DIGEST_TEXT),
                    digest_html=texts.get(DIGEST_HTML),
                )
    return found


def _read_all(paths: Sequence[Path]) -> dict[str, str]:
    """Return the templates that are there, by name; raises `ValueError` or `OSError` for what is wrong."""
    texts = {path.name: _read(path) for path in paths if path.exists()}
    if not texts:
        raise ValueError(f"{quoted(paths[0].parent.name)} is no folder with any of {', '.join(NAMES)}")
    return texts


def _read(path: Path) -> str:
    """Return the text of a template; raises `ValueError` or `OSError` with its name."""
    try:
        return read_regular_file(path, MAX_BYTES)[0].decode()
    except UnicodeDecodeError as exc:
        raise ValueError(f"{path.name} is not UTF-8") from exc
    except OSError as exc:
        raise OSError(f"{path.name} cannot be read: {exc.strerror or exc}") from exc
