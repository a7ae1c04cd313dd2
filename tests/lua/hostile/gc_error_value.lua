-- error "attempt to index a boolean value"
local _, e = ctx:cancel(123456)
getmetatable(e or ctx.now).__gc = function() while true do end end
