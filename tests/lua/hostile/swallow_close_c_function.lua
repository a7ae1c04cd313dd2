-- budget
while true do
    pcall(function()
        local x <close> = setmetatable({}, { __close = coroutine.wrap(function() while true do end end) })
        error("x")
    end)
end
