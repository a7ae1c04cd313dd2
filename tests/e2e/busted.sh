#!/bin/bash
# SPDX-License-Identifier: MIT
# qm test: specs inside the program.
. "$(dirname "$0")/lib.sh"

mkdir spec
printf 'describe("sums", function() it("adds", function() assert.are.equal(4, 2 + 2) end) end)\n' >spec/good_spec.lua
"$QM" test >"$WORK/out" 2>"$WORK/err"
[ $? = 69 ] && { echo "skipped: busted is not installed"; exit 77; }
run 0 test
out_has "1 success"
run 0 test spec/good_spec.lua
printf 'describe("sums", function() it("is wrong", function() assert.are.equal(5, 2 + 2) end) end)\n' >spec/bad_spec.lua
run 1 test
out_has "1 failure"
out_has "bad_spec.lua"
printf 'describe("oops" oops\n' >spec/bad_spec.lua
run 1 test
run 1 test nowhere
finish
