-- budget
while true do
    pcall(function()
        local ok, e = pcall(function() while true do end end)
        error(e)
    end)
end
