# One image for web, worker, beat and migrate: the command decides.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
WORKDIR /app
COPY requirements/image.txt requirements/
RUN /opt/venv/bin/pip install --require-hashes -r requirements/image.txt
COPY manage.py ./
COPY marketplace marketplace
COPY listings listings
COPY dealers dealers
COPY docs/api.md docs/api.md
# Collecting files needs settings that parse, not a database or a secret.
RUN SECRET_KEY=only-for-the-build-of-this-image-and-kept-nowhere ALLOWED_HOSTS=localhost \
    PUBLIC_URL=http://localhost EMAIL_URL=consolemail:// \
    DATABASE_URL=postgresql://nobody@localhost/nothing \
    /opt/venv/bin/python manage.py collectstatic --noinput && rm -r .local \
    && /opt/venv/bin/python -m compileall -q marketplace listings dealers

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# LightGBM, by which workers fit what cars are worth, is linked against OpenMP's library.
RUN apt-get update -q && apt-get install -y -q --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 marketplace \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin marketplace \
    && install -d -o 10001 -g 10001 /srv/media /srv/feed-files /srv/search-snapshots
ENV MEDIA_ROOT=/srv/media FEED_FILES_ROOT=/srv/feed-files SEARCH_SNAPSHOT_FOLDER=/srv/search-snapshots
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
# A worker that dies, or has grown beyond its memory, is replaced. The old one is stopped when the new
# one has had time to load; it hears no signal while it loads itself: the main process ends it then.
ENV GRANIAN_WORKERS_MAX_RSS=2048
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--no-access-log", "--log-config", "marketplace/granian_logs.json", "--respawn-failed-workers", "--respawn-interval", "30", "--workers-kill-timeout", "8", "marketplace.wsgi:application"]
