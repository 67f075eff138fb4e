"""What Alembic runs first: the steps use the connection and the transaction that `migrate` has opened."""

from __future__ import annotations

from alembic import context

from monitor.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
