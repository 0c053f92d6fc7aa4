import Foundation
import Testing

@testable import Serving

@Suite("Signed tokens")
struct SignerTests {
    struct Claim: Codable, Equatable { var space: String }

    @Test("A token is read back for its purpose alone, and not when a byte of it changes")
    func roundTrip() throws {
        let signer = Signer(secret: Data(repeating: 7, count: 32))
        let token = try signer.token("invitation", Claim(space: "a"))
        #expect(signer.payload(Claim.self, "invitation", token) == Claim(space: "a"))
        #expect(signer.payload(Claim.self, "session", token) == nil)
        #expect(Signer(secret: Data(repeating: 8, count: 32)).payload(Claim.self, "invitation", token) == nil)
        let bytes = Array(token.utf8)
        for place in bytes.indices {
            var changed = bytes
            changed[place] = changed[place] == 65 ? 66 : 65
            let text = String(decoding: changed, as: UTF8.self)
            if let read = signer.payload(Claim.self, "invitation", text) {
                // The last character of base64 has bits that mean nothing.
                #expect(read == Claim(space: "a") && place == bytes.count - 1)
            }
        }
        #expect(signer.payload(Claim.self, "invitation", "") == nil)
        #expect(signer.payload(Claim.self, "invitation", String(repeating: "A", count: 20_000)) == nil)
    }
}
