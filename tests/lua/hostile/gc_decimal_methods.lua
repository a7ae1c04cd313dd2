-- error "attempt to index a nil value"
require "qm".decimal(1).__index.__gc = function() while true do end end
