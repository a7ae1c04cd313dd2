-- error "closed inside one another"
local last
for _ = 1, 900 do
    local before = last
    last = coroutine.create(function()
        local x <close> = setmetatable({}, { __close = function()
            if before then
                local ok, e = coroutine.close(before)
                if not ok then error(e, 0) end
            end
        end })
        coroutine.yield()
    end)
    coroutine.resume(last)
end
local ok, e = coroutine.close(last)
error(e, 0)
