import Foundation
import Heed

/// A sentence encoder from a folder, ready to embed texts.
struct EncoderFolder {
    /// The folder's full path, as models note it.
    let path: String
    /// The length of an embedding.
    let width: Int
    /// Embeds texts.
    let encode: TextEncoder

    init(_ folder: String) throws {
        let url = URL(fileURLWithPath: folder).standardizedFileURL
        let encoder = try SentenceEncoder(contentsOf: url)
        path = url.path
        width = encoder.width
        encode = { try encoder.encode($0, batch: 32) }
    }
}
