-- No-op workers for wrk: every connection completes what it holds and leases
-- the next in the same request. HAND=1: 50 connections with a job each;
-- HAND=50: one connection with 50 jobs.
local queue, hand = os.getenv("QUEUE"), tonumber(os.getenv("HAND"))
local held = {}
completed = 0

local threads = {}
function setup(thread) table.insert(threads, thread) end

local headers = {["Content-Type"] = "application/json"}
local function post(path, body)
  return wrk.format("POST", "/api/queues/" .. queue .. path, headers, body)
end

function request()
  if #held == 0 then return post("/lease", '{"max":' .. hand .. ',"wait_ms":0}') end
  if hand == 1 then
    local job = table.remove(held)
    return post("/jobs/" .. job.id .. "/complete", '{"token":"' .. job.token .. '","lease":{"max":1}}')
  end
  local said = {}
  for i, job in ipairs(held) do said[i] = '{"id":"' .. job.id .. '","token":"' .. job.token .. '"}' end
  held = {}
  return post("/complete", '{"jobs":[' .. table.concat(said, ",") .. '],"lease":{"max":' .. hand .. "}}")
end

function response(status, _, body)
  if status ~= 200 then return end
  for _ in body:gmatch('"state":"completed"') do completed = completed + 1 end
  for id, token in body:gmatch('"id":"([^"]+)","token":"([^"]+)"') do
    held[#held + 1] = {id = id, token = token}
  end
end

function done()
  local all = 0
  for _, thread in ipairs(threads) do all = all + thread:get("completed") end
  print("completed " .. all)
end
