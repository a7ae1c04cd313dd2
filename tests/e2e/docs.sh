#!/bin/bash
# SPDX-License-Identifier: MIT
# What README and the guide show is what the program prints.
. "$(dirname "$0")/lib.sh"
unset QM_DATA
mkdir bin && ln -s "$QM" bin/qm
export PATH="$WORK/bin:$PATH"
for page in "$SOURCE"/README.md "$SOURCE"/docs/guide/*.md; do
    name=$(basename "$page" .md)
    mkdir -p "pages/$name/home"
    CHECKS=$((CHECKS + 1))
    (cd "pages/$name" && HOME=$PWD/home XDG_CONFIG_HOME=$PWD/home/.config XDG_DATA_HOME=$PWD/home/.local/share \
        lua5.4 "$SOURCE/tests/e2e/docs.lua" "$page") || fail "$name shows something else"
done
finish
