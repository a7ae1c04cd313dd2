-- budget
for name in pairs(string) do string[name] = nil end
pcall, xpcall, error, coroutine, table = nil, nil, nil, nil, nil
while true do end
