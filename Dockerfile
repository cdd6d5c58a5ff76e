# One image for every part: web, workers, beat, and the one-shot jobs. The command chooses; see compose.yaml.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin majlis \
    && install --directory --owner majlis --group majlis /app /app/var
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings VAR_DIR=/app/var
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY manage.py ./
COPY config config
COPY apps apps
COPY templates templates
COPY locale locale
COPY static static
# Hashed file names need the production settings; the secrets of this one command sign nothing.
RUN random() { python -c 'import secrets; print(secrets.token_hex(32))'; } \
    && DATABASE_URL=postgres://nobody@nowhere/nothing SECRET_KEY=$(random) ENCRYPTION_KEYS=build:$(random) \
    META_APP_SECRET=$(random) META_VERIFY_TOKEN=$(random) python manage.py collectstatic --no-input --verbosity 0
USER 10001
EXPOSE 8000
VOLUME /app/var
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", \
     "--no-server-header", "--no-proxy-headers", "--no-access-log", "--ws-per-message-deflate", "false", \
     "--timeout-graceful-shutdown", "20"]
