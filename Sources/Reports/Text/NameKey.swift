/// A name compared by its bytes: Swift's own comparison takes composed and decomposed letters for the same.
struct NameKey: Hashable {
    private let bytes: [UInt8]

    init(_ name: String) { bytes = Array(name.utf8) }
}
