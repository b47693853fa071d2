#!/usr/bin/env bash
# Names, and as root installs, the Debian packages without which Qt does not start.
set -euo pipefail

declare -A package_of=(
  [libEGL.so.1]=libegl1 [libGL.so.1]=libgl1 [libxkbcommon.so.0]=libxkbcommon0
  [libdbus-1.so.3]=libdbus-1-3 [libfontconfig.so.1]=libfontconfig1 [libglib-2.0.so.0]=libglib2.0-0
  [libxcb-cursor.so.0]=libxcb-cursor0 [libxcb-icccm.so.4]=libxcb-icccm4
  [libxcb-keysyms.so.1]=libxcb-keysyms1 [libxcb-image.so.0]=libxcb-image0
  [libxcb-render-util.so.0]=libxcb-render-util0 [libxcb-xinerama.so.0]=libxcb-xinerama0
  [libxcb-randr.so.0]=libxcb-randr0 [libxcb-shape.so.0]=libxcb-shape0
  [libxcb-xkb.so.1]=libxcb-xkb1 [libxkbcommon-x11.so.0]=libxkbcommon-x11-0
)

command -v ldconfig >/dev/null || [ -x /sbin/ldconfig ] || exit 0
known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)
[ -n "$known" ] || exit 0
missing=()
for library in "${!package_of[@]}"; do
  grep -qF "$library" <<<"$known" || missing+=("${package_of[$library]}")
done
if ! fc-list 2>/dev/null | grep -q . && ! ls /usr/share/fonts/*/* >/dev/null 2>&1; then
  missing+=(fonts-dejavu-core)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort)
sentence="Qt needs these Debian packages, which are not installed: ${missing[*]}."
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "$sentence Installing them." >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "$sentence Install them with: sudo apt-get install ${missing[*]}" >&2
fi
