"""A person's own templates -> the words of an email, in the place of ours.

Position: over `wording`, under `email`. Pure. The templates come from the configuration, never from a
page: page text only fills them, HTML escapes it, and the sandbox keeps them from everything but the view
of the alert.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.deliver.clean import clean, one_line
from monitor.deliver.sample import write_sample
from monitor.deliver.wording import MAX_SUBJECT_CHARS, AlertView, Letter, Wording
from monitor.model import Delivery, Templates


class CustomWording:
    """Words an alert for readers in one timezone, with a person's own templates where there are any."""

    def __init__(self, timezone: tzinfo, templates: Templates) -> None:
        """Compile the templates.

        Raises:
            ValueError: one is no template; the words name it and the line.
        """
        self._wording = Wording(timezone)
        self._subject = compile_template("subject.txt", templates.subject)
        self._text = compile_template("alert.txt", templates.text)
        self._html = compile_template("alert.html", templates.html)

    def write_letter(self, delivery: Delivery) -> Letter:
        """Return the email about an alert. A template that fails over it gives way to ours."""
        ours, view = self._wording.write_letter(delivery), self._wording.view(delivery)
        return Letter(
            subject=one_line(render_or(self._subject, view, ours.subject), MAX_SUBJECT_CHARS) or ours.subject,
            text=clean(render_or(self._text, view, ours.text)),
            html=clean(render_or(self._html, view, ours.html)),
        )

    def check(self, now: datetime) -> None:
        """Try the templates with a sample.

        Raises:
            ValueError: one fails, over a name that there is not, say.
        """
        view = self._wording.view(write_sample("sample", now))
        parts = (("subject.txt", self._subject), ("alert.txt", self._text), ("alert.html", self._html))
        for name, template in parts:
            if template is not None:
                try:
                    template.render(alert=view)
                except Exception as exc:
                    raise ValueError(f"the template {name} fails: {exc}") from exc


def compile_template(name: str, source: str | None) -> Template | None:
    """Return a template that can reach nothing but what it is given; None when there is none."""
    if source is None:
        return None
    environment = ImmutableSandboxedEnvironment(
        autoescape=name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    try:
        return environment.from_string(source)
    except TemplateSyntaxError as exc:
        raise ValueError(f"the template {name} has a mistake in line {exc.lineno}: {exc.message}") from exc


def render_or(template: Template | None, view: AlertView, ours: str) -> str:
    """Return what a template makes of an alert; our words when there is none, or when it fails."""
    if template is None:
        return ours
    try:
        return template.render(alert=view)
    except Exception:  # noqa: BLE001  (a person's template may fail in any way; the alert has to go out)
        return ours
