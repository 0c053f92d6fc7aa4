import Foundation

/// Who is counted as one client by the address that they come from.
enum ClientAddress {
    /// The address as it is counted: of IPv6 the network (its first 64 bits) alone, as whoever has one address of a network has
    /// all of them; anything else as it is.
    static func bounded(_ address: String) -> String {
        var parsed = in6_addr()
        guard address.utf8.contains(UInt8(ascii: ":")), inet_pton(AF_INET6, address, &parsed) == 1 else {
            return address
        }
        let bytes = withUnsafeBytes(of: parsed) { Array($0) }
        // An IPv4 address in the form of IPv6.
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return bytes[12...].map(String.init).joined(separator: ".")
        }
        return stride(from: 0, to: 8, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":") + "::/64"
    }
}
