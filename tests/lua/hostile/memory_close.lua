-- memory 5000
local t = {}
pcall(function()
    local x <close> = setmetatable({}, { __close = function() error("hidden") end })
    for i = 1, 1e8 do t[i] = { i } end
end)
while true do t[#t + 1] = {} end
