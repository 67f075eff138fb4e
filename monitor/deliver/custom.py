"""A person's own templates -> the words of an email, in the place of ours.

Position: over `wording`, under `email`. Pure. The templates come from the configuration, never from a
page: page text only fills them, HTML escapes it, and the sandbox keeps them from everything but the view
of the alert.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import object_type_repr

from monitor.deliver.clean import clean, one_line
from monitor.deliver.sample import write_sample, write_sample_digest
from monitor.deliver.views import mark_changes
from monitor.deliver.wording import MAX_SUBJECT_CHARS, Letter, Wording, kind_of
from monitor.model import Outgoing, Templates

NAMES = {
    "alert": ("subject.txt", "alert.txt", "alert.html"),
    "digest": ("digest-subject.txt", "digest.txt", "digest.html"),
}
"""The subject, the text and the HTML of each kind of message that a person may word."""


class CustomWording:
    """Words messages for readers in one timezone, with a person's own templates where there are any."""

    def __init__(self, timezone: tzinfo, templates: Templates) -> None:
        """Compile the templates.

        Raises:
            ValueError: one is no template; the words name it and the line.
        """
        self._wording = Wording(timezone)
        self._templates = {
            name: compile_template(name, source)
            for name, source in (
                ("subject.txt", templates.subject),
                ("alert.txt", templates.text),
                ("alert.html", templates.html),
                ("digest-subject.txt", templates.digest_subject),
                ("digest.txt", templates.digest_text),
                ("digest.html", templates.digest_html),
            )
            if source is not None
        }

    def write_letter(self, message: Outgoing) -> Letter:
        """Return the email about a message. A template that fails over it gives way to ours."""
        ours, view, kind = self._wording.write_letter(message), self._wording.view(message), kind_of(message)
        subject, text, html = NAMES.get(kind, ("", "", ""))

        def render_or(name: str, words: str) -> str:
            template = self._templates.get(name)
            if template is None:
                return words
            try:
                return template.render({kind: view})
            except Exception:  # noqa: BLE001  (a person's template may fail in any way; it has to go out)
                return words

        return Letter(
            subject=one_line(render_or(subject, ours.subject), MAX_SUBJECT_CHARS) or ours.subject,
            text=clean(render_or(text, ours.text)),
            html=clean(render_or(html, ours.html)),
        )

    def check(self, now: datetime) -> None:
        """Try the templates with samples.

        Raises:
            ValueError: one fails, over a name that there is not, say.
        """
        for sample in (write_sample("sample", now), write_sample_digest("sample", now)):
            kind, view = kind_of(sample), self._wording.view(sample)
            for name in NAMES[kind]:
                if template := self._templates.get(name):
                    try:
                        template.render({kind: view})
                    except Exception as exc:
                        reason = str(exc).replace(f"'{object_type_repr(view)}'", kind)
                        raise ValueError(f"the template {name} fails: {reason}") from exc


def compile_template(name: str, source: str) -> Template:
    """Return a template that can reach nothing but what it is given."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["mark_changes"] = mark_changes
    try:
        return environment.from_string(source)
    except TemplateSyntaxError as exc:
        raise ValueError(f"the template {name} has a mistake in line {exc.lineno}: {exc.message}") from exc
