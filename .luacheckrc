-- SPDX-License-Identifier: MIT
std = "lua54"
max_line_length = 120
files["lua/meta"] = { ignore = { "1..", "2..", "3..", "6.." } }
files["tests/lua"] = { std = "+busted" }
exclude_files = { "build", "tests/lua/hostile" } -- bodies of functions
files["lua/qm/sandbox.lua"] = { globals = { "table", "string" } }
