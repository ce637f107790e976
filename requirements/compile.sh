#!/usr/bin/env bash
# Compile the pinned lists from the three inputs: one per Python version, and one with Django 4.2.
# The lists are installed with --no-deps: what openedx-forum and edx-ace declare but never import on our path
# (a MySQL driver that needs a compiler, clients of search servers, a mail vendor's client) is left out of them.
set -euo pipefail
cd "$(dirname "$0")"
UV=${UV:-uv}
leave_out=(elasticsearch typesense edx-search openedx-atlas meilisearch camel-converter pydantic pydantic-core
    annotated-types typing-inspection sailthru-client)

compile() { # compile PYTHON INPUT OUTPUT [CONSTRAINT...]
    local python=$1 input=$2 output=$3
    shift 3
    local options=()
    for name in "${leave_out[@]}"; do options+=(--no-emit-package "$name"); done
    [ "$input" = dev.in ] || options+=(--no-emit-package mysqlclient)
    for constraint in constraints.txt "$@"; do options+=(--constraint "$constraint"); done
    "$UV" pip compile --quiet --upgrade --python-version "$python" --no-header --no-annotate --no-emit-index-url \
        --output-file "$output" "${options[@]}" "$input"
    echo "requirements/$output"
}

# 3.11.2 is Debian 12's; a pin that asks for a later patch release would not install there.
for set in host test dev; do
    compile 3.11.2 $set.in py311-$set.txt django52.txt
    compile 3.12.0 $set.in py312-$set.txt django52.txt
done
for set in test dev; do
    compile 3.11.2 $set.in py311-django42-$set.txt django42.txt
done
# Tutor's pins clash with the platform's: each release has a list of its own, for `make test-tutor`.
for release in 21 22; do
    "$UV" pip compile --quiet --upgrade --python-version 3.11.2 --no-header --no-annotate --no-emit-index-url \
        --output-file tutor$release.txt tutor$release.in
    echo "requirements/tutor$release.txt"
done
