-- error "attempt to index a boolean value"
getmetatable(require "qm".decimal(1)).__gc = function() while true do end end
