#!/usr/bin/env bash
# build-wheel.sh BIN: build sdist and wheel, then start each from an environment of its own.
set -euo pipefail
bin=$(cd "$1" && pwd)
rm -rf dist/*.whl dist/*.tar.gz
"$bin/python" -m build --no-isolation --outdir dist . >/dev/null

try() {
  local artefact=$1 home
  home=$(mktemp -d)
  trap 'rm -rf "$home"' RETURN
  # The dependencies are those of .venv; only trackproof itself comes from the artefact.
  "$bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
    --target "$home/site" "$artefact"
  (cd "$home" && QT_QPA_PLATFORM=offscreen TRACKPROOF_HOME="$home" \
    "$bin/python" -c "
import sys
sys.path.insert(0, '$home/site')
import trackproof
assert trackproof.__file__.startswith('$home'), trackproof.__file__
from trackproof.__main__ import main
sys.argv = ['trackproof', '--self-test']
sys.exit(main())")
  echo "passed: $(basename "$artefact")"
}

try dist/*.whl
try dist/*.tar.gz
