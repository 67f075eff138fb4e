"""The shape of the configuration: which settings there are, what each one takes, what it means.

Position: after `kinds`, before `parsing`. The reader and the JSON Schema are both made from these models, so
an editor and the program cannot disagree. The defaults of a source are those of `model.Source`.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from monitor.compose import NO_WAIT
from monitor.config import servers, times
from monitor.config.kinds import (
    DAY,
    MINUTE,
    Addresses,
    Age,
    Ages,
    ChannelName,
    Contact,
    CookieName,
    CookieValue,
    DatabaseUrl,
    Digest,
    Every,
    FilePath,
    FirstVisit,
    Flag,
    GroupWait,
    HeaderName,
    HeaderValue,
    Limit,
    MailUrl,
    Name,
    Names,
    Occasions,
    PageUrl,
    Patterns,
    Pause,
    Period,
    ProxyUrl,
    Query,
    Quiet,
    Secrets,
    Selector,
    Selectors,
    Sender,
    ServiceUrl,
    Timeout,
    Timezone,
    UserAgent,
    VisitHours,
    WebhookUrl,
    Workers,
    Yes,
)
from monitor.config.references import Text
from monitor.dedupe import COPY_WINDOW, STORY_WINDOW
from monitor.model import Occasion, Source

# --- sources -------------------------------------------------------------------------------------------


class Form(BaseModel):
    """A part of the file. `noun` is what mistakes call it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        model_title_generator=lambda form: getattr(form, "noun", form.__name__),
    )
    noun: ClassVar[str]


_SOURCE = Source(name="", url="")


class DefaultsForm(Form):
    """How sources are visited. What a source says itself goes before this; headers and cookies add up."""

    noun = "defaults"

    every: Every = Field(
        default=times.AUTO,
        description="The time between two visits; auto: as often as the source publishes.",
    )
    headers: dict[HeaderName, HeaderValue] = Field(
        default_factory=dict, description="Headers that each request to the source carries."
    )
    cookies: dict[CookieName, CookieValue] = Field(
        default_factory=dict, description="Cookies that each request to the source carries."
    )
    user_agent: UserAgent | None = Field(
        default=None, description="What the program calls itself; by default monitor, with the contact."
    )
    timeout: Timeout = Field(default=_SOURCE.timeout, description="How long one request may take in all.")
    pause: Pause = Field(
        default=_SOURCE.pause, description="The least time between two requests to one host."
    )
    allow_private: Flag = Field(
        default=_SOURCE.allow_private,
        description="Whether the source may be at a private address, such as 10.0.0.7.",
    )
    proxy: ProxyUrl = Field(
        default=_SOURCE.proxy,
        description="The HTTP proxy that all requests go through; none for no proxy.",
    )
    verify: Flag = Field(
        default=_SOURCE.verify, description="Whether TLS certificates must be valid; false trusts anybody."
    )
    render: Flag = Field(
        default=_SOURCE.render,
        description="Whether a browser draws its pages before they are read, for sites made of JavaScript.",
    )
    first_visit: FirstVisit = Field(
        default=_SOURCE.first_visit, description="How many articles the first visit keeps at most."
    )
    backfill: Period = Field(
        default=_SOURCE.backfill,
        description="How old an article may be that still alerts when a source is new.",
    )
    recheck: Ages = Field(
        default=list(_SOURCE.recheck),
        description="At which ages an article is looked at again for edits; [] for never.",
    )
    quiet: VisitHours = Field(
        default=None,
        description="The part of each day in which no visit begins, such as 00:00-06:00; or none.",
    )


class SourceForm(DefaultsForm):
    """A site to watch."""

    noun = "a source"

    url: PageUrl = Field(description="The site, or the part of it to watch.")
    name: Name | None = Field(
        default=None, description="Its identity: articles are filed under it. By default the host of the URL."
    )
    feed: PageUrl | None = Field(
        default=None, description="Its RSS or Atom feed. By default the first visit looks for one."
    )
    sitemap: PageUrl | None = Field(
        default=None, description="Its sitemap, or an index of several, to be read instead of a feed."
    )
    section: PageUrl | None = Field(
        default=None, description="A page that links to its articles, to be read instead of a feed."
    )
    body: Selector | None = Field(
        default=None,
        description="A CSS selector: where the story stands on its pages. By default it is found.",
    )
    remove: Selectors = Field(
        default_factory=list, description="CSS selectors: what on its pages is not the story's."
    )
    title: Selector | None = Field(
        default=None, description="A CSS selector: where the title of a story stands. By default it is found."
    )


def _from_url(value: object) -> object:
    return {"url": value} if isinstance(value, Text) else value


SourceEntry = Annotated[SourceForm, BeforeValidator(_from_url, json_schema_input_type=PageUrl | SourceForm)]


# --- channels, rules, mail -----------------------------------------------------------------------------


class ChannelForm(Form):
    """What every channel takes."""

    noun = "a channel"

    quiet: Quiet | None = Field(
        default=None, description="The part of each day in which nothing is sent, such as 22:00-07:00."
    )
    digest: Digest | None = Field(
        default=None,
        description="When alerts are sent, gathered in one message: hourly, daily 08:00 or weekly mon 08:00.",
    )
    empty: Flag = Field(default=False, description="Whether a digest comes also when there is no news.")
    limit: Limit | None = Field(
        default=None,
        description="How many messages are sent within an hour, such as 12/h; the rest is gathered.",
    )
    timezone: Timezone | None = Field(
        default=None, description="The timezone of the channel's readers. By default the file's."
    )


class EmailForm(ChannelForm):
    """A mailbox, or several."""

    noun = "an email channel"

    email: Addresses = Field(description="One address, or a list of them.")
    templates: FilePath | None = Field(
        default=None,
        description="A folder with any of subject.txt, alert.txt, alert.html, digest-subject.txt, digest.txt "
        "and digest.html: Jinja templates that take the place of ours.",
    )


class WebhookForm(ChannelForm):
    """An HTTP endpoint that is sent each alert as JSON, after Standard Webhooks 1.0."""

    noun = "a webhook channel"

    webhook: WebhookUrl = Field(description="Where to send.")
    secret: Secrets | None = Field(
        default=None,
        description="whsec_ and the base64 of 24 to 64 random bytes: what each alert is signed with. "
        "A list of two while one takes the place of the other.",
    )
    allow_private: Flag = Field(default=False, description="Whether it may be at a private address.")


class ConsoleForm(ChannelForm):
    """The standard output of the daemon."""

    noun = "a console channel"

    console: Yes = Field(description="Always true.")


class JsonLinesForm(ChannelForm):
    """A file on this machine that grows by one line of JSON for each alert."""

    noun = "a file channel"

    file: FilePath = Field(
        description="The file; a relative path starts at the folder of the configuration file."
    )


class AppriseForm(ChannelForm):
    """Another service, such as a chat, by its Apprise URL. It needs the extra `apprise`."""

    noun = "an apprise channel"

    apprise: ServiceUrl = Field(description="The service and its keys, as https://appriseit.com spells them.")


CHANNEL_KINDS: dict[str, type[Form]] = {
    "email": EmailForm,
    "webhook": WebhookForm,
    "console": ConsoleForm,
    "file": JsonLinesForm,
    "apprise": AppriseForm,
}


def _kind_of_channel(value: object) -> str | None:
    """Return the tag of the form that a channel's settings fill in, None when they name no way to send."""
    found = [kind for kind in CHANNEL_KINDS if isinstance(value, dict) and kind in value]
    return f"<{found[0]}>" if found else None


ChannelEntry = Annotated[
    Annotated[EmailForm, Tag("<email>")]
    | Annotated[WebhookForm, Tag("<webhook>")]
    | Annotated[ConsoleForm, Tag("<console>")]
    | Annotated[JsonLinesForm, Tag("<file>")]
    | Annotated[AppriseForm, Tag("<apprise>")],
    Discriminator(_kind_of_channel),
]


class RuleForm(Form):
    """What to look for, and whom to tell."""

    noun = "a rule"

    name: Name = Field(description="Its identity, shown in each alert.")
    match: Query = Field(description="What to look for, in the language of docs/rules.md.")
    notify: Names = Field(description="One channel, or a list of them.")
    on: Occasions = Field(
        default=[Occasion.NEW],
        description="What to tell of: new articles (new), edits of them (edit), their removal (removal).",
    )
    shadow: Flag = Field(
        default=False, description="Whether to count and show what it finds, and to tell nobody."
    )
    stem: Flag = Field(default=False, description="Whether words are found in all their forms.")
    fold_diacritics: Flag | None = Field(
        default=None, description="Whether é is e. By default what the file says for all rules."
    )


class SmtpForm(Form):
    """The mail server that email channels send through."""

    noun = "smtp"

    url: MailUrl = Field(description="smtp+starttls://, smtps:// or smtp://, then user:password@host:port.")
    sender: Sender = Field(alias="from", description="Whom mail is from: Name <address>.")


# --- files -----------------------------------------------------------------------------------------------


class FileForm(Form):
    """The configuration. An included file holds sources, channels and rules, and nothing else."""

    noun = "the configuration"

    sources: list[SourceEntry] = Field(default_factory=list, min_length=1, description="The sites to watch.")
    channels: dict[ChannelName, ChannelEntry] = Field(
        default_factory=dict, description='Where alerts go, by name; "console" is there already.'
    )
    rules: list[RuleForm] = Field(default_factory=list, description="What to look for.")
    defaults: DefaultsForm = Field(default_factory=DefaultsForm, description="Settings for every source.")
    smtp: SmtpForm | None = Field(
        default=None, description="The mail server that email channels send through."
    )
    include: Patterns | None = Field(
        default=None,
        description="Files with more sources, channels and rules: names or patterns like sources.d/*.yaml.",
    )
    database: DatabaseUrl = Field(
        default=servers.DEFAULT_DATABASE,
        description="Where the archive is; a relative path starts at this file's folder.",
    )
    contact: Contact | None = Field(
        default=None,
        description="An address or a page, for the sites that are visited; it goes into the User-Agent.",
    )
    timezone: Timezone | None = Field(
        default=None, description="The timezone of the times in alerts. By default the machine's."
    )
    workers: Workers | None = Field(
        default=None,
        description="How many processes read pages. By default as many as the machine has cores.",
    )
    group_wait: GroupWait = Field(
        default=MINUTE,
        description="How long an alert waits for copies of its story, which it then names.",
    )
    story_update: Age = Field(
        default=NO_WAIT.story_update,
        description="How long a rule is silent on a channel about a story that it has told. What others "
        "write of it meanwhile goes into one update.",
    )
    copy_window: Age = Field(
        default=COPY_WINDOW,
        description="How long after its first article copies of a text are recognised.",
    )
    story_window: Age = Field(
        default=STORY_WINDOW,
        description="How long after its first article a story takes in articles in other words.",
    )
    fold_diacritics: Flag = Field(
        default=False, description="Whether é is e in all rules that do not say it themselves."
    )
    browser: FilePath | None = Field(
        default=None,
        description="The program of the Chromium that draws pages for `render`. By default the one on PATH.",
    )
    health: Names | None = Field(
        default=None,
        description="The channels that are told when a source turns unwell, and when it is well again.",
    )
    keep_pages: Period = Field(default=14 * DAY, description="How long the bytes of each page are kept.")
