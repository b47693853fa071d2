#!/usr/bin/env bash
# make-venv.sh PYTHON VENV: an environment with exactly the pinned versions.
set -euo pipefail
python=$1
venv=$2

"$python" - <<'CHECK' || { echo "trackproof needs Python 3.11 or newer; name one with: make PYTHON=python3.11" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
CHECK
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >/dev/null && apt-get install -y -qq python3-venv >/dev/null
  else
    echo "Python's venv module is missing; install it with: sudo apt-get install python3-venv" >&2
    exit 1
  fi
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing the pinned dependencies into $venv (once, a few minutes) ..." >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
