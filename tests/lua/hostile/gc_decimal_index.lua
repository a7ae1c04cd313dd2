-- error "attempt to index a qm.decimal value"
require "qm".decimal(1).__index = nil
