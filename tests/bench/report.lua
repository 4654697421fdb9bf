-- What wrk measured, as one line of JSON. Nothing here runs while it measures.
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"completed":%d,"seconds":%.6f,"bytes":%d,"failed":%d,"p50_ms":%.4f,"p99_ms":%.4f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
