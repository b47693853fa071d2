#!/usr/bin/env bash
# build-frozen.sh BIN: build the stand-alone program and start it.
set -euo pipefail
bin=$1
if ! command -v objdump >/dev/null; then
  echo "PyInstaller needs the Debian package binutils; install it with: sudo apt-get install binutils" >&2
  exit 1
fi
"$bin/pyinstaller" --noconfirm --log-level WARN --distpath dist --workpath build packaging/trackproof.spec
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
(cd "$home" && QT_QPA_PLATFORM=offscreen TRACKPROOF_HOME="$home" "$OLDPWD/dist/trackproof/trackproof" --self-test)
echo "passed: dist/trackproof ($(du -sh dist/trackproof | cut -f1))"
