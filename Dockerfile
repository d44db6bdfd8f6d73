FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_ENV=production STATIC_ROOT=/app/.static
WORKDIR /app
COPY requirements.txt .
RUN python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY . .
RUN python dev.py secrets /tmp/made && SECRETS_DIR=/tmp/made ALLOWED_HOSTS=localhost python manage.py collectstatic --noinput && rm -r /tmp/made
RUN python -m compileall -q accounts organizations members activities evaluation shishi_portal
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "shishi_portal.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--max-requests", "5000", "--max-requests-jitter", "500"]
