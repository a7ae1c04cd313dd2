-- error "closed inside one another"
local function make(n)
    return coroutine.wrap(function()
        local x <close> = setmetatable({}, { __close = function()
            if n > 0 then make(n - 1)() end
        end })
        error("down")
    end)
end
local ok, e = pcall(make(200))
error(e, 0)
