-- fine
for _, name in ipairs { "io", "os", "debug", "package", "dofile", "loadfile", "collectgarbage", "warn", "qm_native" } do
    assert(_G[name] == nil, name)
end
assert(string.dump == nil)
