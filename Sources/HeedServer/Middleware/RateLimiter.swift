import HTTPTypes
import Serving

/// Lets each key and each address do so much a second: token buckets that hold two seconds' worth.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var time: Double
    }

    /// How many buckets are remembered; beyond them those that are full again are forgotten, then those
    /// of addresses.
    private static let remembered = 20_000
    private let buckets = Locked<[String: Bucket]>([:])

    /// Takes one request of whoever it is.
    ///
    /// - Throws: `APIError` 429 where too little is left.
    func takeRequest(key: String, perSecond: Double, now: Double) throws {
        try take(1, "r:\(key)", perSecond, now, what: "requests")
    }

    /// Takes the events of a batch.
    ///
    /// A batch is let in whole where anything is left, and what it takes beyond that is owed: otherwise one
    /// that is larger than a bucket could never come in.
    ///
    /// - Throws: `APIError` 429 where nothing is left.
    func takeEvents(_ count: Int, _ key: String, _ limits: ServerLimits, now: Double) throws {
        try take(Double(count), "e:\(key)", limits.eventsPerSecond, now, what: "events")
    }

    private func take(_ amount: Double, _ name: String, _ rate: Double, _ now: Double, what: String) throws {
        let wait: Double? = buckets.withLock { buckets in
            let full = rate * 2
            if buckets.count >= Self.remembered, buckets[name] == nil {
                buckets = buckets.filter { $0.value.tokens + (now - $0.value.time) * rate < full }
                // Addresses can be had in any number; what keys owe is remembered.
                if buckets.count >= Self.remembered { buckets = buckets.filter { !$0.key.hasPrefix("r:@") } }
            }
            var bucket = buckets[name] ?? Bucket(tokens: full, time: now)
            bucket.tokens = min(full, bucket.tokens + max(0, now - bucket.time) * rate)
            bucket.time = now
            guard bucket.tokens >= 1 else {
                buckets[name] = bucket
                return (1 - bucket.tokens) / rate
            }
            bucket.tokens -= amount
            buckets[name] = bucket
            return nil
        }
        if let wait {
            throw APIError(
                .tooManyRequests, "too_many", "more than \(Int(rate)) \(what) a second; try again later",
                retryAfter: wait)
        }
    }
}
