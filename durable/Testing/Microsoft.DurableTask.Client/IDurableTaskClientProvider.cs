namespace Microsoft.DurableTask.Client;

/// <summary>The clients of a host by their names.</summary>
public interface IDurableTaskClientProvider
{
    /// <summary>Gets a client.</summary>
    /// <param name="name">Its name, with regard to case; <c>null</c> for the default one.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is none of this name; the message lists those that are there.</exception>
    DurableTaskClient GetClient(string? name = default);
}
