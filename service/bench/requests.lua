-- Requests of wrk to /hello/{username}, in random order. Arguments: method, number of users.
local letters = { ["0"]="a", ["1"]="b", ["2"]="c", ["3"]="d", ["4"]="e", ["5"]="f", ["6"]="g", ["7"]="h", ["8"]="i", ["9"]="j" }
local requests, ends = {}, { "" }

init = function(arguments)
  local method, users = arguments[1], tonumber(arguments[2])
  local headers, body = {}, nil
  if method == "PUT" then
    -- SQLite writes nothing when nothing changes, so dates differ.
    for year = 1900, 1999 do ends[year - 1899] = year .. '-10-30"}' end
    headers["Content-Type"] = "application/json"
    body = '{"dateOfBirth":"' .. ends[1]
  end
  for id = 1, users do
    local name = "user" .. tostring(id):gsub("%d", letters)
    requests[id] = wrk.format(method, "/hello/" .. name, headers, body):sub(1, -1 - #ends[1])
  end
end

request = function() return requests[math.random(#requests)] .. ends[math.random(#ends)] end
