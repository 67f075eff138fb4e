# The daemon: what requirements/run.lock says and nothing else, without root, with one volume.
# docs/operations.md says how to run it.

ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
WORKDIR /build
RUN python -m venv /opt/monitor
COPY requirements/run.lock requirements/
RUN /opt/monitor/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --no-deps --only-binary :all: -r requirements/run.lock
COPY LICENSE README.md pyproject.toml ./
COPY monitor monitor
RUN /opt/monitor/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --no-deps --no-build-isolation .

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --user-group --home-dir /monitor --shell /usr/sbin/nologin monitor \
    && install --directory --owner monitor --group monitor /monitor /monitor/data
COPY --from=build /opt/monitor /opt/monitor
ENV PATH=/opt/monitor/bin:$PATH \
    MONITOR_CONFIG=/monitor/sources.yaml
WORKDIR /monitor
USER monitor
VOLUME /monitor/data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["monitor", "health"]
ENTRYPOINT ["monitor"]
CMD ["run", "--log-format", "json"]
