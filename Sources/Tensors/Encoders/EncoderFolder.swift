import Foundation

/// A folder that holds a model as Hugging Face's libraries save it.
struct EncoderFolder {
    let url: URL

    /// The path of a file in it.
    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Whether there is such a file.
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// The largest file beside the weights: many times what a vocabulary takes.
    private static let largest = 1 << 28

    /// The bytes of a file that must be there.
    func bytes(_ name: String) throws(TensorError) -> [UInt8] {
        let file = try FileDescriptor(reading: path(name))
        let size = try file.size()
        guard size <= Self.largest else {
            throw .format(
                source: path(name), reason: "it has \(size) bytes, and \(Self.largest) is the limit")
        }
        return try file.bytes(size, from: 0)
    }

    /// What a file of JSON says; nil where there is no such file.
    func json<Content: Decodable>(_ name: String, as: Content.Type) throws(TensorError) -> Content? {
        guard has(name) else { return nil }
        let data = Data(try bytes(name))
        do { return try JSONDecoder().decode(Content.self, from: data) } catch {
            throw .format(
                source: path(name),
                reason: "it does not say what it should: \(TensorError.reason(ofJSON: error))")
        }
    }
}
