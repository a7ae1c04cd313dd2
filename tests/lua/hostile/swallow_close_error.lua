-- budget
while true do
    pcall(function()
        local x <close> = setmetatable({}, { __close = function() error("mine") end })
        while true do end
    end)
end
