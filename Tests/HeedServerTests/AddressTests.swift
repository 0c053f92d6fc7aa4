import Testing

@testable import HeedServer

@Suite("Who is counted as one client")
struct AddressTests {
    @Test("One network of IPv6 is one client")
    func networks() {
        let same = ["2001:db8:0:1::1", "2001:DB8:0:1:ffff::9", "2001:0db8:0000:0001:1:2:3:4"]
        #expect(Set(same.map(ClientAddress.bounded)) == ["2001:db8:0:1::/64"])
        #expect(ClientAddress.bounded("2001:db8:0:2::1") == "2001:db8:0:2::/64")
        #expect(ClientAddress.bounded("::ffff:192.0.2.7") == "192.0.2.7")
        for plain in ["192.0.2.7", "", "nonsense:", "unknown"] {
            #expect(ClientAddress.bounded(plain) == plain)
        }
    }

    @Test("However many addresses ask, what a key owes is remembered")
    func flood() throws {
        let limiter = RateLimiter()
        for _ in 0..<2 { try limiter.takeRequest(key: "k", perSecond: 1, now: 0) }
        for address in 0..<25_000 { try limiter.takeRequest(key: "@\(address)", perSecond: 1, now: 0) }
        #expect(throws: APIError.self) { try limiter.takeRequest(key: "k", perSecond: 1, now: 0) }
    }

    @Test("Failures to log in from a time that has not come yet lock nobody out")
    func clock() async {
        let limit = LoginLimit()
        for _ in 0..<10 { await limit.failed("a", now: 1e6) }
        #expect(await !limit.mayTry("a", now: 1e6))
        #expect(await limit.mayTry("a", now: 1_000))
    }
}
