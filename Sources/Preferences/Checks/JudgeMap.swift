import Foundation
import Kernels
import Signals

/// Draws who agrees with whom, and finds the groups of taste among judges.
///
/// A judge's vector is a first estimate of its own scores: with e = Σ w(y − ½)(e_i − e_j) over its answers
/// and the information L = ¼Σ w(e_i − e_j)(e_i − e_j)ᵀ, a = (L + I)⁻¹e, so that little information means a
/// short vector (place and covariates of the fit are taken off first). Judges are alike as their vectors'
/// inner products say; the picture's axes are the top eigenvectors of the items' side Σ a aᵀ, which has the
/// same coordinates a·v as the judges' side and does not grow with their number (Jolliffe, "Principal
/// component analysis", 2002). The first axis is turned to point along the common ranking: who follows it
/// lies right, who reverses it left, who answers at random near the middle.
///
/// Groups are the components of a mixture of Bradley–Terry models with a sharpness of each judge, P(i beats
/// j) = σ(γ_v(θ_gi − θ_gj)) (after Gormley and Murphy, "Exploring voting blocs within the Irish electorate: a
/// mixture modeling approach", 2008, who mix Plackett–Luce), fitted by EM from the map. γ may be 0 or
/// negative at no cost, so that lazy, random and reversed judges have no taste of their own to found a group
/// on; where a quarter of a group (and three judges) clearly reverse it, they are a camp, not mistakes, and
/// become a group. Their number is the smallest whose likelihood of held-out answers is within two standard
/// errors of the best: each judge's answers are cut in two, each half is predicted from the other, all
/// answers about one pair on the same side.
///
/// Rankings, choices and ratings count by their pairs (see `FeedbackPairs`). Names and the order of lines
/// decide nothing.
///
/// Errors: `PreferenceError` where no answer names its judge or a setting is out of range. Shapes:
/// coordinates in log-odds. Complexity: O(answers · groups) for each of some hundred EM steps, O(items³) for
/// the axes; the axes use at most 2,000 items, those with the most answers.
///
/// ```swift
/// let map = try JudgeMap().draw(log, try Davidson().fit(log))
/// for point in map.points { print(point.judge, point.x, point.y, point.group ?? 0) }
/// ```
public struct JudgeMap: Sendable, Hashable {
    /// The most groups that are tried.
    public var maxGroups = 6
    /// How many items describe the ends of an axis and the likes of a group.
    public var described = 5
    /// The seed of the halves and of the starts.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}

    /// Draws the judges of a log against a fit of it.
    ///
    /// - Parameter covariates: what the fit controlled for.
    public func draw(_ log: FeedbackLog, _ fit: RankingFit, covariates: [Covariate] = []) throws
        -> JudgeMapResult
    {
        if maxGroups < 1 {
            throw PreferenceError.setting(name: "groups", value: "\(maxGroups)", expected: "at least 1")
        }
        let scores = ItemScores(fit, log)
        let offsets = try CovariateOffsets(log, covariates, predictor: scores.predictor)
        let data = JudgeAnswers(log, scores, offsets)
        if data.judges.isEmpty {
            throw PreferenceError.nothingToLearnFrom(
                model: "the judge map", reads: "answers that name their judge", found: Board.found(log))
        }
        let space = TasteSpace(data, items: scores.codes.count)
        let selection = GroupSelection(data, items: scores.codes.count, most: maxGroups, seed: seed)
        let chosen = selection.chosen
        var mixture = TasteMixture(items: scores.codes.count, groups: chosen)
        mixture.fit(data, space, seed: seed)
        mixture.splitCamps(data)
        return JudgeMapResult(
            data: data, space: space, mixture: mixture, selection: selection, log: log, scores: scores,
            described: described)
    }
}
