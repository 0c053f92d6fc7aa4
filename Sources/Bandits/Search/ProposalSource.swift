/// Someone who reads a problem and answers with better values: a language model, a rule, a person.
public protocol ProposalSource {
    /// The answer to a problem, with the values as a JSON object somewhere in it.
    func answer(to problem: String) throws -> String
}
