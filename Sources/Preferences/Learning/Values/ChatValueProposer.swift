/// A language model that proposes values, rights and duties for a situation, to be judged and filtered.
///
/// ```swift
/// let proposals = try await ChatValueProposer(model).propose("telling a white lie")
/// let picture = values.picture(of: "telling a white lie", proposals: proposals)
/// ```
public struct ChatValueProposer<Model: ChatModel>: Sendable {
    /// Who is asked.
    public let model: Model
    /// How many are asked for.
    public let count: Int

    /// Creates it.
    public init(_ model: Model, count: Int = 20) {
        precondition(count > 0, "at least one proposal")
        self.model = model
        self.count = count
    }

    private struct Said: Decodable {
        var kind: String
        var text: String
    }

    /// Values that may bear on a situation, each once.
    ///
    /// - Throws: What the model throws; `ChatError.unreadable` where its answer is no list of values.
    public func propose(_ situation: String, options: ChatOptions = ChatOptions()) async throws
        -> [SituationValue]
    {
        let reply = try await model.reply(
            to: [
                .system("You name values, rights and duties that bear on what people do, for and against."),
                .user(
                    "Situation: \(situation)\n\nName up to \(count). Reply with a JSON array and nothing else: "
                        + "[{\"kind\": \"value\", \"right\" or \"duty\", \"text\": \"its name\"}]."),
            ], options: options)
        guard let list = ChatWork.value([Said].self, in: reply) else {
            throw ChatError.unreadable("no list of values: \(reply.prefix(200))")
        }
        var seen: Set<SituationValue> = []
        return list.prefix(count).compactMap { said in
            guard let kind = SituationValue.Kind(rawValue: said.kind.lowercased()), !said.text.isEmpty else {
                return nil
            }
            let value = SituationValue(kind, said.text)
            return seen.insert(value).inserted ? value : nil
        }
    }
}
