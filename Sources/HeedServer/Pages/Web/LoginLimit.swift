/// Slows down those who guess keys: after ten failures from one place within five minutes it says no for a while.
actor LoginLimit {
    private var failures: [String: [Double]] = [:]
    private let window = 300.0
    private let placeLimit = 10_000

    /// Whether somebody from here may try.
    func mayTry(_ client: String, now: Double) -> Bool {
        failures[client, default: []].filter { ((now - window)...now).contains($0) }.count < 10
    }

    /// Notes a failure.
    func failed(_ client: String, now: Double) {
        if failures.count >= placeLimit {
            failures = failures.filter { ($0.value.last ?? 0) >= now - window }
            if failures.count >= placeLimit { failures = [:] }
        }
        failures[client] = failures[client, default: []].suffix(9) + [now]
    }
}
