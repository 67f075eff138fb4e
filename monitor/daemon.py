"""The daemon: the jobs at work after a configuration, and after the next one when it changes.

Position: under `app`, which gives it real adapters; above `config` and `jobs`, which do not know each other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from monitor.config import Config, has_changed, render_mistakes
from monitor.errors import ConfigError
from monitor.jobs.local import Assignment, LocalJobs
from monitor.ports import Channel, Clock, Store

log = logging.getLogger("monitor")


class Daemon:
    """The whole program, running, after a configuration that may change.

    `read` reads the files again, given the configuration in use; `assign` makes of one what the jobs are to
    do. Both raise `ConfigError`, and both are slow: they run in threads.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        clock: Clock,
        *,
        read: Callable[[Config], Config],
        assign: Callable[[Config], Assignment],
    ) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._read = read
        self._make_assignment = assign
        self._last_read: Config | ConfigError = config
        self._reading = asyncio.Lock()
        self._channels: list[Channel] = []
        self._jobs = LocalJobs(self._assign(config), store, clock, reload_if_changed=self.reload_if_changed)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        await self._store.register_channels(self._config.targets(), self._clock.now())
        log.info("start", extra={"outcome": "running", **self._config.counts()})
        await self._jobs.run(stop)
        log.info("stop", extra={"outcome": "stopped"})

    async def close(self) -> None:
        """Let go of every channel that was ever opened: a reload leaves the old ones to what they send."""
        for channel in self._channels:
            await channel.close()

    async def reload_if_changed(self) -> None:
        """Reload when a file of the configuration has changed since it was last read."""
        if await asyncio.to_thread(has_changed, self._last_read):
            await self.reload()

    async def reload(self) -> None:
        """Read the configuration again and work after it; one with mistakes is told and changes nothing."""
        async with self._reading:
            try:
                config = await asyncio.to_thread(self._read, self._config)
                assignment = await asyncio.to_thread(self._assign, config)
            except ConfigError as exc:
                self._last_read = exc
                in_use = f"{len(self._config.sources)} sources, {len(self._config.rules)} rules"
                reason = f"{render_mistakes(exc)}\nThe running configuration ({in_use}) stays in use."
                log.error("reload", extra={"outcome": "refused", "reason": reason})
                return
            await self._store.register(config.sources, self._clock.now())
            await self._store.register_channels(config.targets(), self._clock.now())
            self._jobs.assign(assignment)
            waits = changes_that_wait(self._config, config)
            self._config = self._last_read = config
            log.info("reload", extra={"outcome": "running", "after_restart": waits, **config.counts()})

    def _assign(self, config: Config) -> Assignment:
        assignment = self._make_assignment(config)
        self._channels += assignment.pipeline.channels.values()
        return assignment


def changes_that_wait(old: Config, new: Config) -> list[str]:
    """Return the settings that changed and take effect only when the daemon starts again."""
    names = ("database", "workers", "contact", "browser")
    return [name for name in names if getattr(old, name) != getattr(new, name)]
