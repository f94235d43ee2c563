# Stage 1 builds the wheel; the packaging hook brings Node by itself when it builds the web cabin.
FROM python:3.12-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --no-deps -w /wheels .

FROM python:3.12-slim-bookworm
# Real libraries instead of the link shim: traffic engine and software renderer ask for them.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libx11-6 libxext6 libxrender1 libgl1 libexpat1 libatomic1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home rider
COPY requirements.lock /tmp/requirements.lock
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir -c /tmp/requirements.lock /wheels/*.whl
USER rider
ENV RIDEALONG_RUN_DIR=/run/ridealong HOME=/tmp
EXPOSE 8765
CMD ["ridealong", "serve", "--host", "0.0.0.0", "--no-open"]
