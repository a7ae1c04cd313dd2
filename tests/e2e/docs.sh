#!/bin/bash
# SPDX-License-Identifier: MIT
# What README and the guide show is what the program prints.
. "$(dirname "$0")/lib.sh"
unset QM_DATA
mkdir bin && ln -s "$QM" bin/qm
export PATH="$WORK/bin:$PATH"
# The provider of the guide's page on data is on this machine.
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
"$QM" demo --dir demo --speed 0 >/dev/null 2>&1
"$(dirname "$QM")/tests/price_server" demo/prices port requests &
SERVER=$!
trap '{ kill $SERVER; wait $SERVER; } 2>/dev/null; rm -rf "$WORK"' EXIT
wait_for 10 test -s port || fail "no provider of prices"
HERE="http://127.0.0.1:$(cat port)"
for page in "$SOURCE"/README.md "$SOURCE"/docs/guide/*.md; do
    name=$(basename "$page" .md)
    mkdir -p "pages/$name/home"
    CHECKS=$((CHECKS + 1))
    sed "s|https://prices.example.com|$HERE|" "$page" >"pages/$name/$name.md"
    (cd "pages/$name" && HOME=$PWD/home XDG_CONFIG_HOME=$PWD/home/.config XDG_DATA_HOME=$PWD/home/.local/share \
        lua5.4 "$SOURCE/tests/e2e/docs.lua" "$name.md") || fail "$name shows something else"
done
finish
