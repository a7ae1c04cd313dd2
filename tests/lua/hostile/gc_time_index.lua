-- error "attempt to index"
ctx.now.__index.__gc = function() while true do end end
