/// Takes apart two dialogues that begin alike: what both share is the prompt.
enum Dialogue {
    /// One turn.
    struct Turn: Hashable {
        var role: String
        var content: String
    }

    /// The shared turns up to the last "Assistant:" and the two answers; nil where these are no dialogues.
    static func split(_ first: String, _ second: String) -> (prompt: String, first: String, second: String)? {
        let mark = Array("\n\nAssistant:".utf8)
        let (a, b) = (Array(first.utf8), Array(second.utf8))
        guard starts(a), starts(b) else { return nil }
        var shared = 0
        while shared < min(a.count, b.count), a[shared] == b[shared] { shared += 1 }
        var place = shared - mark.count
        while place >= 0, a[place] != mark[0] || !a[place..<place + mark.count].elementsEqual(mark) {
            place -= 1
        }
        guard place >= 0 else { return nil }
        let end = place + mark.count
        return (
            text(a[..<end]), text(a[end...]), text(b[end...])
        )
    }

    private static func starts(_ text: [UInt8]) -> Bool {
        let body = text.drop { $0 <= 0x20 }
        return body.starts(with: "Human:".utf8)
    }

    /// Without space at both ends.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes.drop { $0 <= 0x20 }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The turns of a list of messages, or of a single one; nil where it is none.
    static func turns(_ node: JSONNode) -> [Turn]? {
        switch node {
        case .object: return turn(node).map { [$0] }
        case .list(let nodes):
            var turns: [Turn] = []
            for node in nodes {
                guard let turn = turn(node) else { return nil }
                turns.append(turn)
            }
            return turns.isEmpty ? nil : turns
        default: return nil
        }
    }

    private static func turn(_ node: JSONNode) -> Turn? {
        guard let content = node["content"] ?? node["value"] ?? node["text"] else { return nil }
        var role = "assistant"
        if case .text(let name) = node["role"] ?? node["from"] { role = name }
        switch content {
        case .text(let text): return Turn(role: role, content: text)
        case .list(let parts):
            var texts: [String] = []
            for part in parts {
                switch part {
                case .text(let text): texts.append(text)
                default:
                    guard case .text(let text) = part["text"] else { return nil }
                    texts.append(text)
                }
            }
            return Turn(role: role, content: texts.joined(separator: "\n"))
        default: return nil
        }
    }

    /// As one text: a single turn without its role, several with "Human:" and "Assistant:" before each.
    static func text(_ turns: some Collection<Turn>) -> String {
        if turns.count == 1, let only = turns.first { return only.content }
        return turns.map { turn in
            switch turn.role {
            case "user", "human", "prompter": "Human: " + turn.content
            case "assistant", "gpt", "model", "chatbot": "Assistant: " + turn.content
            default: turn.role.prefix(1).uppercased() + turn.role.dropFirst() + ": " + turn.content
            }
        }.joined(separator: "\n\n")
    }
}
