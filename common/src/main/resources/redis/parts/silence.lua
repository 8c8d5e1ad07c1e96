--[[ silence: what scripts share that take something from workers which do not renew their leases; the loader puts it
  before them. ]]

--- True while nothing may be taken from a worker because it was slow: nobody looked at this partition for longer than
--- 'silence', so that Redis stood still or was out of reach, perhaps for the living as well. They come first from 'now' on
--- for 'head_start' (all ms; silence 0: no such care). Every look is to ask, which is how a silence is known; 'meta' is the
--- partition's.
local function living_come_first(meta, now, silence, head_start)
  if silence == 0 then return false end
  local about = redis.call('HMGET', meta, 'looked', 'living-first-till')
  local looked, till = tonumber(about[1] or now), tonumber(about[2] or 0)
  local noted = true
  local text = string.format('%.0f', now)
  if math.abs(now - looked) > silence then
    till = now + head_start
    noted = redis.pcall('HSET', meta, 'looked', text, 'living-first-till', string.format('%.0f', till))
  elseif not about[1] or now - looked > silence / 4 then
    noted = redis.pcall('HSET', meta, 'looked', text)
  end
  -- A full Redis takes no notes. Nothing could be rescued there if that were taken for a silence.
  return now < till and not (type(noted) == 'table' and noted.err)
end

