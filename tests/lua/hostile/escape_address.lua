-- fine
for _, v in ipairs { {}, print, coroutine.create(print), ctx, ctx.now } do
    assert(not tostring(v):find "0x")
    assert(not ("%s"):format(v):find "0x")
end
local _, e = pcall(function() return {} .. "x" end)
assert(not e:find "0x")
_, e = pcall(string.rep, {})
assert(not e:find "0x")
_, e = pcall(string.format, "%p", {})
assert(e:find "differ")
