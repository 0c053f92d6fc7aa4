import Foundation

extension TensorError {
    /// Why JSON could not be decoded, in words.
    static func reason(ofJSON error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            let keys = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
            return keys.isEmpty ? "" : " at \(keys.joined(separator: "."))"
        }
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): return "there is no \"\(key.stringValue)\"\(path(context))"
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return "there is no \(type)\(path(context))"
        case .dataCorrupted(let context): return "\(context.debugDescription)\(path(context))"
        default: return "\(error)"
        }
    }
}
